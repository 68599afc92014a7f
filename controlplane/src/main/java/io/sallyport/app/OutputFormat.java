package io.sallyport.app;

/// How a command shows what it found.
enum OutputFormat {
  TABLE,
  JSON
}
