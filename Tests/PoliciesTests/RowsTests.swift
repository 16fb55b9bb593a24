import AscentPolicies
import Testing

/// How many rows of images a policy takes at once.
@Suite struct `Rows at once` {
  private func policy(_ side: Int, channels: Int, _ layers: [Network.Convolution]) throws -> Policy {
    try Policy(
      featureSize: side * side * channels, factors: [.categorical(4)],
      architecture: Architecture(
        hidden: [16], activation: .relu, critic: .separate,
        inputs: [Network.Input(.image(Network.Image(height: side, width: side, channels: channels)))],
        convolutions: layers))
  }

  @Test func `are all that are asked for where networks are small`() throws {
    let small = try Policy.categorical(observationSize: 4, actionCount: 2)
    #expect(small.rows(atMost: 128) == 128)
    let images = try policy(10, channels: 4, [.init(filters: 16, side: 3, stride: 1)])
    #expect(images.rows(atMost: 256) == 256)
  }

  @Test func `are few where images are large, but never none`() throws {
    let large = try policy(192, channels: 12, [.init(filters: 32, side: 8, stride: 2)])
    #expect((1..<64).contains(large.rows(atMost: 128)))
    let huge = try policy(600, channels: 12, [.init(filters: 64, side: 8, stride: 1)])
    #expect(huge.rows(atMost: 128) == 1)
  }
}
