// What environments have to tell the user after they were stepped.
extension Lanes {
  /// Returns the notices of this process's environments since the last call, each once, whatever the number of lanes.
  public func takeNotices() -> [Notice] {
    var notices: [Notice] = []
    for player in players {
      for giver in player.environment.roles((any NoticeGiver).self) {
        notices += giver.takeNotices().filter { !notices.contains($0) }
      }
    }
    return notices
  }
}
