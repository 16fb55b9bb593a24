extension Lanes {
  /// True if every number of an observation is a whole number from 0 to 255, so that a byte can store it.
  package var haveBytes: Bool { maskSize == 0 && observationSpace.isBytes }
}
