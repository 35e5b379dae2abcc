package dev.alts.ca.issuance;

import java.util.List;

/**
 * Certificates of an identity that lived at a time.
 *
 * @param certificates how many
 * @param machines on how many machines
 * @param newest some of them, newest first
 */
public record Holding(long certificates, long machines, List<RecordedCertificate> newest) {
  public Holding {
    newest = List.copyOf(newest);
  }
}
