package dev.alts.agent.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.fake.Descriptors;
import dev.alts.agent.fake.Poll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which process the kernel names, and when it is believed. */
class PeerProcessTest {
  private static final int NO_SOCKET = -1;
  private static final int EPERM = 1;

  private final int ownPid = (int) ProcessHandle.current().pid();

  @Test
  void oldKernelFallsBackToTheProcessThatHasThePidNow() throws Exception {
    try (PeerProcess process =
        PeerProcess.of(
            failing(KernelException.ENOPROTOOPT), NO_SOCKET, ownPid, OwnProcess.uid(), 0)) {
      assertThat(process.isPresent()).isTrue();
      process.requireUnchanged();
    }
  }

  @Test
  @Tag("abuse-17")
  void reapedPeerIsNotTakenForAnOldKernel() {
    for (int errno : new int[] {KernelException.EINVAL, KernelException.ESRCH, EPERM}) {
      assertThatThrownBy(
              () -> PeerProcess.of(failing(errno), NO_SOCKET, ownPid, OwnProcess.uid(), 0).close())
          .isInstanceOf(PeerLostException.class)
          .hasMessageContaining("it has gone");
    }
  }

  @Test
  @Tag("abuse-17")
  void processOfAnotherUserWithThePidIsRefused() {
    int another = OwnProcess.uid() + 1;

    assertThatThrownBy(() ->
            PeerProcess.of(failing(KernelException.ENOPROTOOPT), NO_SOCKET, ownPid, another, 0)
                .close())
        .isInstanceOf(PeerLostException.class)
        .hasMessageContaining("connect again");
  }

  @Test
  void peerThatThePidNamespaceDoesNotShowIsRefused() {
    assertThatThrownBy(() -> PeerProcess.of(NO_SOCKET, 0, 0, 0).close())
        .isInstanceOf(PeerLostException.class)
        .hasMessageContaining("pid namespace");
  }

  @Test
  void processThatEndedIsLost() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try (PeerProcess process = ofChild(child)) {
      process.requireUnchanged();

      child.destroyForcibly().waitFor();

      Poll.until("the child is reaped", () -> !process.isPresent());
      assertThatThrownBy(process::requireUnchanged).isInstanceOf(PeerLostException.class);
    }
  }

  @Test
  void processIsLostAfterClose() throws Exception {
    PeerProcess process =
        PeerProcess.of(
            failing(KernelException.ENOPROTOOPT), NO_SOCKET, ownPid, OwnProcess.uid(), 0);
    process.close();
    process.close();

    assertThat(process.isPresent()).isFalse();
    assertThatThrownBy(process::requireUnchanged).isInstanceOf(PeerLostException.class);
  }

  @Test
  @Tag("abuse-16")
  void refusedPeersLeaveNoDescriptorBehind() throws Exception {
    int before = Descriptors.open();

    for (int i = 0; i < 2_000; i++) {
      assertThatThrownBy(() ->
              PeerProcess.of(
                      failing(KernelException.ENOPROTOOPT),
                      NO_SOCKET,
                      ownPid,
                      OwnProcess.uid() + 1,
                      0)
                  .close())
          .isInstanceOf(PeerLostException.class);
    }

    assertThat(Descriptors.open()).isLessThan(before + 100);
  }

  private static PeerProcess ofChild(Process child) throws PeerLostException {
    return PeerProcess.of(
        failing(KernelException.ENOPROTOOPT), NO_SOCKET, (int) child.pid(), OwnProcess.uid(), 0);
  }

  private static PidfdSource failing(int errno) {
    return new PidfdSource() {
      @Override
      public int ofPeer(int socket) throws KernelException {
        throw new KernelException("getsockopt(SO_PEERPIDFD)", errno);
      }

      @Override
      public int ofPid(int pid) throws KernelException {
        return Kernel.pidfdOpen(pid);
      }
    };
  }
}
