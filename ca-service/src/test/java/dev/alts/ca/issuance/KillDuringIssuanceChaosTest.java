package dev.alts.ca.issuance;

import org.junit.jupiter.api.Tag;

/** The same at every step. */
@Tag("chaos")
@Tag("abuse-57")
class KillDuringIssuanceChaosTest extends KillDuringIssuanceTest {}
