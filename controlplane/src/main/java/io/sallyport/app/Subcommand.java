package io.sallyport.app;

import java.util.concurrent.Callable;

/// A command of `sallyport` that another module adds; found as a service. It is annotated as a
/// picocli command and gives its exit code: 0 fine, 1 findings, 2 usage.
public interface Subcommand extends Callable<Integer> {}
