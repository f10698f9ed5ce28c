package io.github.heartbeat.demo;

import java.math.BigDecimal;

/**
 * A message of the feed, which {@link QuoteListener} receives.
 *
 * @param symbol the symbol
 * @param price its price
 */
record Quote(String symbol, BigDecimal price) {
}
