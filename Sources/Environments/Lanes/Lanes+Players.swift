extension Lanes {
  /// An environment and the objects that have its roles.
  struct Players {
    let environment: any Environment
    let transitions: [any RandomTransitions]
    let emissions: [any RandomEmissions]
    let keeper: (any StateKeeper)?
    let member: (any VectorMember)?
    let lock: (any LockHolder)?
    let states: [any HiddenState]

    /// Looks the roles up once, since a cast to a protocol takes as long as several steps.
    init(_ environment: any Environment) {
      self.environment = environment
      transitions = environment.roles((any RandomTransitions).self)
      emissions = environment.roles((any RandomEmissions).self)
      keeper = environment.roles((any StateKeeper).self).first
      member = environment.roles((any VectorMember).self).first
      lock = environment.roles((any LockHolder).self).first
      states = environment.roles((any HiddenState).self)
    }
  }
}
