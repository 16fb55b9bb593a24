internal import AscentCommand

AscentProgram.main()
