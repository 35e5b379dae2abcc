package dev.alts.agent.delivery;

import org.junit.jupiter.api.Tag;

/** The same with the full number of processes that connect and die. */
@Tag("chaos")
@Tag("abuse-16")
class PeerSocketChaosTest extends PeerSocketTest {}
