"""Which voice speaks and what happens when it cannot: fallback chain, circuit breaker, registry."""
