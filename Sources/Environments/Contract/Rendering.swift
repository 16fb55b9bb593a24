/// The way in which an environment draws itself: Gymnasium's `render_mode`.
package enum Rendering: String, Sendable {
  /// Each call of `render()` returns a picture.
  case pictures = "rgb_array"
  /// Each step is shown in a window.
  case window = "human"
}
