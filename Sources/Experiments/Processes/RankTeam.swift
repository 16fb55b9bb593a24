#if MPI && canImport(CAscentMPI)
internal import AscentPolicyGradients
internal import AscentRegistries
internal import Synchronization

/// The processes of a run on several machines: the ranks that mpirun started, each with workers of its own.
///
/// At a meeting, the processes of a rank meet in shared memory; the first of them, which is the one that mpirun started,
/// gathers what those of the other ranks have written, and hands it to its own. So each byte crosses the network once for
/// each rank. Sums are no concern of it: as with every ``Collective``, each process computes its leaves, and all add the
/// same leaves in the same order.
///
/// A meeting also carries what is not data: a failure of any process, a request to stop, and notices for process 0. The
/// last one has the end of the run, so that every rank takes part in equally many. While a rank waits, and between the
/// steps of its lanes, it sends heartbeats to rank 0, and rank 0 to all; one that is silent for too long, such as one
/// whose network is cut off, ends the run.
final class RankTeam: Team {
  /// The index of this process among all of the run.
  var rank: Int { place * width }
  var count: Int { ranks * width }
  private(set) var failure: CollectiveFailure?
  var isInterruptedWhileWaiting: () -> Bool = { false }
  var isInterrupted: Bool { isStopped || local?.isInterrupted ?? false }
  let spansMachines = true
  private(set) var traffic = Traffic()

  private let network = RankNetwork()
  /// The index of this rank, and the number of ranks.
  private var place: Int { network.place }
  private var ranks: Int { network.count }
  /// The processes of each rank.
  private var width = 1
  /// The processes of this rank, if it has workers.
  private var local: SharedMemory?
  /// True once this process or another rank has asked for a stop.
  private var isStopped = false
  private var outbox = Outbox()
  private var mail = Mail()
  private var ownNotices: [String] = []

  /// The code of a rank that goes on.
  private static let goesOn: Int64 = -1

  /// Makes the team of the ranks alone; workers come later.
  init() {
  }

  /// The end of the run for the ranks that wait for rank 0.
  deinit { if place == 0 { end(code: 0, "the run is over") } }

  /// Takes in the workers of this rank, of which every rank has equally many.
  ///
  /// - Parameters:
  ///   - memory: the shared memory of this process and its workers; nil if it has none.
  ///   - silence: the seconds after which a rank without a heartbeat is given up.
  func take(_ memory: SharedMemory?, silence: Double) {
    local = memory
    // Also while the workers are slow, the other ranks hear this one, and this one hears its user.
    memory?.isInterruptedWhileWaiting = { [unowned self] in
      network.pulse.beat()
      return isInterruptedWhileWaiting()
    }
    width = memory?.count ?? 1
    network.pulse.silence = silence
  }

  func machine(of process: Int) -> Int { process / width }

  func beat() {
    local?.beat()
    network.pulse.beat()
  }

  func interrupt() {
    isStopped = true
    local?.interrupt()
  }

  func end(code: Int32, _ reason: String) {
    guard failure == nil else { return }
    exchangeLetters(
      CollectiveFailure(code: code, description: place == 0 ? reason : "rank \(place): \(reason)"))
  }

  /// The environments are closed next, and may hang: MPI ends before.
  func beginLeaving() {
    if let failure, place > 0 { Ranks.leave(failure.code, failure.description) }
  }

  func leave(_ notice: String) { ownNotices.append(notice.inOneLine) }

  func notices() -> [String] {
    defer { ownNotices = [] }
    return (local?.notices() ?? []) + ownNotices
  }

  // MARK: Collective

  func write<Number: BitwiseCopyable>(_ numbers: [Number]) { outbox.write(numbers) }

  func read<Number: BitwiseCopyable>(from process: Int, into numbers: inout [Number]) {
    guard failure == nil, !mail.read(from: process, into: &numbers) else { return }
    end(code: CollectiveFailure.short(process).code, CollectiveFailure.short(process).description)
  }

  func meet() {
    guard failure == nil else { return }
    exchangeLetters(nil)
  }

  func trade<Number: BitwiseCopyable>(_ parcels: [[Number]], into received: inout [[Number]]) {
    requireForAll(parcels.count, received.count)
    guard failure == nil else { return }
    tradeOffers(RankOffer(parcels, into: received, from: rank))
    for process in 0..<count where process != rank { read(from: process, into: &received[process]) }
  }

  /// Meets with all ranks; with an ending, for the last time.
  private func exchangeLetters(_ ending: CollectiveFailure?) {
    var ending = ending
    let boxes = ending == nil ? meetWithWorkers(&ending) : []
    outbox.empty()
    let letter = RankLetter(
      boxes: ending == nil ? boxes : Array(repeating: [], count: width), notices: place == 0 ? [] : notices(),
      reason: ending?.description ?? "")
    let payload = letter.words
    guard let heads = confer(ending, payload), let mail = gatherLetters(payload, heads) else { return }
    traffic.bytesReceived += mail.sizes.reduce(0, +) - mail.sizes[rank]
    self.mail = Mail(mail.words, starts: mail.starts, sizes: mail.sizes)
    handOn(mail.words, mail.starts, mail.sizes)
  }

  /// Meets with all ranks, and trades what each process has for each other one.
  private func tradeOffers(_ offer: RankOffer) {
    var ending: CollectiveFailure?
    let offers = gatherOffers(offer, &ending)
    // Who goes on has no letter in a trade; a letter that ends the run needs no boxes.
    let payload = ending.map { RankLetter(boxes: [], notices: [], reason: $0.description).words } ?? []
    guard let heads = confer(ending, payload) else { return }
    guard heads.allSatisfy({ $0.code == Self.goesOn }) else {
      _ = gatherLetters(payload, heads)
      return
    }
    let trade = RankTrade(offers, ranks)
    guard let words = network.trade(trade.words, trade.sent, for: trade.expected, look) else {
      return fail(network.failure)
    }
    traffic.bytesReceived += offer.expected.reduce(0, +)
    guard var own = trade.parcels(in: words) else {
      return end(code: ExitStatus.environmentFault.rawValue, "the ranks sent other data than expected")
    }
    mail = Mail(own[0], sizes: offer.expected)
    guard let local else { return }
    own[0] = []
    var nothing = Array(repeating: [UInt64](), count: width)
    local.trade(own, into: &nothing)
  }

  /// Tells all ranks whether this one goes on and how much it will send; nil after a failure.
  private func confer(_ ending: CollectiveFailure?, _ payload: [UInt64]) -> [RankHead]? {
    let code = ending.map { Int64($0.code) } ?? Self.goesOn
    guard let all = network.gather([code, isInterrupted ? 1 : 0, Int64(payload.count)], look) else {
      fail(network.failure)
      return nil
    }
    traffic.meetings += 1
    let heads = (0..<ranks).map { RankHead(all, 3 * $0) }
    if heads.contains(where: \.isStopped) { interrupt() }
    return heads
  }

  /// Exchanges the letters of all ranks; nil after a failure, and if one of them ends the run.
  private func gatherLetters(_ payload: [UInt64], _ heads: [RankHead]) -> (
    words: [UInt64], starts: [Int], sizes: [Int]
  )? {
    guard let words = network.gather(payload, heads.map(\.count), look) else {
      fail(network.failure)
      return nil
    }
    var (starts, sizes, next) = ([Int](), [Int](), 0)
    for head in heads where head.count > 0 {
      let letter = RankLetter.Places(in: words, from: next)
      next += Int(head.count)
      starts += letter.boxes.map(\.start)
      sizes += letter.boxes.map(\.size)
      if place == 0 { ownNotices += letter.notices(in: words) }
      if head.code != Self.goesOn, failure == nil {
        failure = CollectiveFailure(
          code: Int32(truncatingIfNeeded: head.code), description: letter.reason(in: words))
      }
    }
    guard let failure else { return (words, starts, sizes) }
    local?.end(code: failure.code, failure.description)
    Ranks.isOver.store(true, ordering: .relaxed)
    return nil
  }

  /// What is looked after while this rank waits for others.
  private func look() {
    if isInterruptedWhileWaiting() { interrupt() }
    local?.beat()
  }

  /// Ends the run of this rank's processes.
  private func fail(_ failure: CollectiveFailure?) {
    guard let failure else { return }
    self.failure = failure
    local?.end(code: failure.code, failure.description)
  }

  /// Meets with the workers of this rank; returns the bytes that each process of it has written.
  private func meetWithWorkers(_ ending: inout CollectiveFailure?) -> [[UInt8]] {
    guard let local else { return [outbox.bytes] }
    local.meet()
    var boxes = [outbox.bytes]
    for worker in 1..<width {
      boxes.append(local.receive(from: worker))
    }
    ending = failure(of: local)
    return boxes
  }

  /// Gives the workers of this rank what the processes of all have written.
  private func handOn(_ words: [UInt64], _ starts: [Int], _ sizes: [Int]) {
    guard let local else { return }
    local.write(starts)
    local.write(sizes)
    local.write([words.count])
    local.write(words)
    // What fails here is told at the next meeting.
    local.meet()
  }

  /// What the processes of this rank have for others, and expect.
  private func gatherOffers(_ own: RankOffer, _ ending: inout CollectiveFailure?) -> [RankOffer] {
    guard let local else { return [own] }
    local.meet()
    let offers = [own] + (1..<width).map { RankOffer(of: $0, in: local, count) }
    ending = failure(of: local)
    return offers
  }

  private func failure(of local: SharedMemory) -> CollectiveFailure? {
    local.failure.map { CollectiveFailure(code: $0.code, description: "rank \(place): \($0.description)") }
  }
}
#endif
