package dev.alts.ca.attestation;

import org.junit.jupiter.api.Tag;

/** The same with the full number of rounds. */
@Tag("chaos")
class JoinTokenRaceChaosTest extends JoinTokenRaceTest {}
