/// The version of Ascent, which is part of every fingerprint.
public enum AscentVersion {
  /// The current version (semantic versioning).
  public static let current = "0.1.0"
}
