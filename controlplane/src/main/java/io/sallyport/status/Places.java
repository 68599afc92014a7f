package io.sallyport.status;

import io.sallyport.mesh.DocumentState;
import io.sallyport.mesh.Linked;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.snapshot.Origin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the documents in force stand, by the names that origins give them.
final class Places {
  static final Places NONE = new Places(Map.of());

  private final Map<String, Document> documents;

  private Places(Map<String, Document> documents) {
    this.documents = documents;
  }

  static Places of(Linked linked) {
    Map<String, Document> documents = new HashMap<>();
    for (DocumentState state : linked.documents().values()) {
      state.inForce().ifPresent(document -> documents.put(state.key().toString(), document));
    }
    return new Places(documents);
  }

  List<ProxyStatus.OriginStatus> of(List<Origin> origins) {
    return origins.stream()
        .map(origin ->
            new ProxyStatus.OriginStatus(
                origin.resource(),
                origin.field(),
                Optional.ofNullable(documents.get(origin.resource()))
                    .flatMap(document -> document.position(new FieldPath(origin.field())))
                    .map(Position::toString)))
        .toList();
  }
}
