package io.sallyport.reconcile;

/// Where a programmer's mistake goes: something threw that never should. In production it is logged
/// and counted and everything else goes on ([LoggedFaults]); tests fail. Thread-safe; must not
/// throw.
@FunctionalInterface
public interface FaultHandler {
  /// @param doing what was being done, for example `compiling the scope of mytest/sleep-a`
  void fault(String doing, Throwable thrown);
}
