package dev.alts.cli.shadow;

import java.util.List;

/**
 * What one side gives a process.
 *
 * @param ttl seconds
 * @param hint empty: none
 */
public record Identity(String spiffeId, long ttl, String hint, List<String> dnsNames) {
  public Identity {
    dnsNames = dnsNames.stream().sorted().toList();
  }
}
