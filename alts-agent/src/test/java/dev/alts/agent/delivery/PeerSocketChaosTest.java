package dev.alts.agent.delivery;

import org.junit.jupiter.api.Tag;

/** The same with the full number of processes that connect and die. */
@Tag("chaos")
class PeerSocketChaosTest extends PeerSocketTest {}
