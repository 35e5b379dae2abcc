package dev.alts.ca.issuance;

import org.junit.jupiter.api.Tag;

/** The same at every step. */
@Tag("chaos")
class KillDuringIssuanceChaosTest extends KillDuringIssuanceTest {}
