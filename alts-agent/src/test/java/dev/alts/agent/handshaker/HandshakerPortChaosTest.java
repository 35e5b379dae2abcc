package dev.alts.agent.handshaker;

import org.junit.jupiter.api.Tag;

/** {@link HandshakerPortTest} with thousands of connections that use ports again. */
@Tag("chaos")
class HandshakerPortChaosTest extends HandshakerPortTest {}
