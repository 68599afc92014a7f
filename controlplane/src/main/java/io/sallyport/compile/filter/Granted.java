package io.sallyport.compile.filter;

/// Which policies and rules allow something, as access logs show it.
public record Granted(String policy, String rule) {}
