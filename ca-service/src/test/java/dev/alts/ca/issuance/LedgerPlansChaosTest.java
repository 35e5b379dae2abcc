package dev.alts.ca.issuance;

import org.junit.jupiter.api.Tag;

/** The same with a million certificates. */
@Tag("chaos")
class LedgerPlansChaosTest extends LedgerPlansTest {}
