package io.sallyport.source;

import io.sallyport.mesh.Change;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Where documents come from. It tells what it finds, batch by batch and in order, from one thread
/// of its own, until it is closed; what it finds wrong is in the changes too, as problems.
public interface ResourceSource extends AutoCloseable {
  /// The name that its changes carry.
  String name();

  /// Starts to tell `sink` what is there and what changes. A batch belongs together: a reader of
  /// all its changes never sees half of an atomic replacement. May be called once.
  void start(Consumer<List<Change>> sink);

  /// What it waits for before it can say [Change.Resync]; empty once it has said so.
  Optional<String> waitingFor();

  /// Ends it; no batch comes after this has returned.
  @Override
  void close();
}
