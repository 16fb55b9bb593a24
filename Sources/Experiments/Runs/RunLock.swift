internal import CAscentWorkers
internal import Synchronization

/// The ownership of a run's folder by one process: no other process makes or goes on with a run there.
///
/// The lock is a POSIX record lock on the file `lock` in the folder. The system releases it when the process ends,
/// however it ends, and a child that an environment forks does not have it; `flock` and open file description locks would
/// be the child's, too, and outlive the run. A record lock is also lost when its process closes any descriptor of the
/// file, so `confirm()` takes it again before each checkpoint.
///
/// Byte 0 belongs to the run, byte 1 to the process that writes its files. With `--on-fault restart` the supervisor holds
/// the first for the whole run, and each of its processes the second.
public final class RunLock {
  /// The part that a process has in a run.
  package enum Role: Equatable {
    /// The only process that owns the run.
    case alone
    /// The process that starts those that make the run.
    case supervisor
    /// A process that a supervisor started.
    case supervised(by: Int32)

    fileprivate var bytes: Range<Int64> {
      switch self {
      case .alone: 0..<2
      case .supervisor: 0..<1
      case .supervised: 1..<2
      }
    }
  }

  /// The folder.
  public let folder: RunFolder
  /// A notice for the user if the file system has no locks.
  private(set) var notice: String?

  private let role: Role
  private let made: [String]
  private let process = RunFolder.process
  private var descriptor: Int32?
  private var identity: RunFolder.Identity?

  /// The locked files of this process, which locks of the same process do not exclude from each other.
  private static let owned = Mutex<Set<RunFolder.Identity>>([])
  /// The time for which a lock is asked again: a process that was killed may not be gone yet.
  private static let tries = (count: 20, milliseconds: UInt32(50))

  /// Makes and locks the folder of a run.
  ///
  /// - Parameters:
  ///   - named: the folder; nil for a new one below `runs/`, which no other process gets.
  ///   - configuration: the settings, for the name of a new folder.
  ///   - resuming: true if the folder may have a run.
  ///   - role: the part of this process.
  /// - Returns: the lock.
  /// - Throws: ``ExperimentError/usage(_:)`` if another process owns the folder, or it has something else.
  package static func claim(
    _ named: RunFolder?, for configuration: Configuration, resuming: Bool, as role: Role
  ) throws(ExperimentError) -> RunLock {
    guard let named else { return try claimNew(for: configuration, as: role) }
    let lock = RunLock(named, role, made: try named.make())
    if let holder = try lock.acquire(tries: tries.count) { throw named.refusal(holder) }
    try named.check(resuming: resuming)
    return lock
  }

  private static func claimNew(
    for configuration: Configuration, as role: Role
  ) throws(ExperimentError) -> RunLock {
    let above = try RunFolder("runs").make()
    for folder in RunFolder.names(for: configuration) where try folder.makeAlone() {
      let lock = RunLock(folder, role, made: above + [folder.absolutePath])
      if try lock.acquire(tries: 1) == nil { return lock }
    }
    throw .usage("there is no free name for a folder below runs/; name one with --out")
  }

  /// Refuses a folder that another process owns, before anything is opened or started for it.
  package static func refuseIfHeld(_ folder: RunFolder, as role: Role) throws(ExperimentError) {
    for k in 1...tries.count {
      guard let holder = try owner(of: folder, as: role) else { return }
      guard k < tries.count else { throw folder.refusal(holder) }
      RunFolder.pause(milliseconds: tries.milliseconds)
    }
  }

  /// The process that makes a run in the folder, or nil; −1 if its id is not known here.
  static func owner(of folder: RunFolder) -> Int32? { (try? owner(of: folder, as: .supervisor)) ?? nil }

  private static func owner(of folder: RunFolder, as role: Role) throws(ExperimentError) -> Int32? {
    let lock = RunLock(folder, role, made: [])
    return try owned.withLock { owned throws(ExperimentError) in
      // Closing a descriptor of the file would release this process's own lock.
      if let identity = folder.lockIdentity, owned.contains(identity) { return RunFolder.process }
      guard let descriptor = try folder.openLock(creating: false) else { return nil }
      defer { RunFolder.close(descriptor) }
      return lock.holder(descriptor)
    }
  }

  private init(_ folder: RunFolder, _ role: Role, made: [String]) {
    (self.folder, self.role, self.made) = (folder, role, made)
  }

  /// Locks the file; returns the process that has locked it already, or nil.
  private func acquire(tries count: Int) throws(ExperimentError) -> Int32? {
    var holder: Int32 = -1
    for k in 0..<count {
      if k > 0 { RunFolder.pause(milliseconds: Self.tries.milliseconds) }
      guard let other = try tryOnce() else { return nil }
      if other != -1 { holder = other }
    }
    return holder
  }

  /// Tries to lock the file; returns the process that has locked it, −1 if that is not known, or nil.
  ///
  /// No other thread opens or closes the file meanwhile: closing a descriptor of it releases the lock of the process.
  private func tryOnce() throws(ExperimentError) -> Int32? {
    try Self.owned.withLock { owned throws(ExperimentError) in
      if let identity = folder.lockIdentity, owned.contains(identity) { return RunFolder.process }
      guard let opened = try folder.openLock() else { return -1 }
      let holder = lock(opened)
      // The file may have been removed by the process that locked it before.
      if holder == nil, let found = RunFolder.identity(of: opened), found == folder.lockIdentity {
        owned.insert(found)
        (descriptor, identity) = (opened, found)
        return nil
      }
      RunFolder.close(opened)
      return holder ?? -1
    }
  }

  /// Takes the lock; returns the other process that has it, or nil.
  private func lock(_ descriptor: Int32) -> Int32? {
    if let holder = holder(descriptor) { return holder }
    let bytes = role.bytes
    switch cworkers_lock(descriptor, bytes.lowerBound, Int64(bytes.count)) {
    case 0: return nil
    case RunFolder.isLocked: return holder(descriptor) ?? -1
    case let number:
      notice =
        "the file system of \(folder.path) has no locks (\(AtomicFile.reason(number))): take care that no second process "
        + "makes a run there"
      return nil
    }
  }

  /// The other process that keeps this one from the folder, or nil; −1 if its id is not known here.
  private func holder(_ descriptor: Int32) -> Int32? {
    if case .supervised(let supervisor) = role {
      let owner = cworkers_lock_holder(descriptor, 0, 1)
      if owner != 0, owner != supervisor { return owner }
    }
    let holder = cworkers_lock_holder(descriptor, role.bytes.lowerBound, Int64(role.bytes.count))
    return holder == 0 ? nil : holder
  }

  /// Takes the lock again if this process lost it.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if another process has it now: this one must not write any more.
  func confirm() throws(ExperimentError) {
    guard notice == nil else { return }
    if let descriptor, let identity {
      if RunFolder.identity(of: descriptor) == identity, folder.lockIdentity == identity {
        if let holder = lock(descriptor) { throw folder.refusal(holder) }
        return
      }
      // The descriptor may be another file's by now, which is then not this lock's to close.
      if RunFolder.identity(of: descriptor) == identity { RunFolder.close(descriptor) }
      Self.owned.withLock { _ = $0.remove(identity) }
      (self.descriptor, self.identity) = (nil, nil)
    }
    if let holder = try acquire(tries: Self.tries.count) { throw folder.refusal(holder) }
  }

  deinit {
    // A forked child has a copy of this object, but not the lock.
    guard process == RunFolder.process, let descriptor, let identity else { return }
    Self.owned.withLock { owned in
      if RunFolder.identity(of: descriptor) == identity {
        if role.bytes.lowerBound == 0, folder.lockIdentity == identity { folder.removeLock() }
        RunFolder.close(descriptor)
      }
      owned.remove(identity)
    }
    // Nothing is left of a run that could not begin.
    if !made.isEmpty, !folder.containsRun { RunFolder.remove(made + [folder.checkpointFolder]) }
  }
}

extension RunFolder {
  fileprivate func refusal(_ holder: Int32) -> ExperimentError {
    let who = holder > 0 ? "process \(holder)" : "another process, perhaps of another machine or container,"
    return .usage("\(who) is making the run in \(path); wait for its end, or choose another --out")
  }
}
