package dev.alts.agent.delivery;

import org.junit.jupiter.api.Tag;

/** The same with the full number of attempts. */
@Tag("chaos")
class PidReuseChaosTest extends PidReuseTest {}
