/// The version of Ascent, which is part of every fingerprint.
public enum AscentVersion {
  /// In the form of semantic versioning.
  public static let current = "0.1.0"
}
