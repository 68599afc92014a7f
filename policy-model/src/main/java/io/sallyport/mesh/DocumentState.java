package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.ResourceKey;
import java.util.Optional;

/// In which form a document is in force.
///
/// @param source the source whose document it is
/// @param inForce the form in force; for [Form#PARTLY], the form of which a part is
public record DocumentState(ResourceKey key, String source, Form form, Optional<Document> inForce) {
  /// How much of which form.
  public enum Form {
    /// The newest form, whole.
    NEWEST,
    /// An error is in the newest form; the last valid form is in force, whole.
    LAST_VALID,
    /// No form is without an error; what the errors don't touch is in force.
    PARTLY,
    /// Nothing of it.
    NONE
  }

  /// Whether one form of it is in force as it was written.
  public boolean isWhole() {
    return form == Form.NEWEST || form == Form.LAST_VALID;
  }
}
