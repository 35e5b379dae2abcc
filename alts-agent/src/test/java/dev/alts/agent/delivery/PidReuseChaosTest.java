package dev.alts.agent.delivery;

import org.junit.jupiter.api.Tag;

/** The same with the full number of attempts. */
@Tag("chaos")
@Tag("abuse-17")
class PidReuseChaosTest extends PidReuseTest {}
