package io.sallyport.policy;

import java.time.Duration;

/// How many requests a rule grants to each workload: a bucket of `burst` tokens, one of which a
/// request takes, and into which `requests` fall in each `per`, one after another.
///
/// @param requests at least 1
/// @param burst at least 1; the most that may come at once
public record RateLimit(int requests, Duration per, int burst) {}
