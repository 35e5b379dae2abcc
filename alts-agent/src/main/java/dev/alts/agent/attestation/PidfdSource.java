package dev.alts.agent.attestation;

/** Where pidfds come from: the kernel, or in tests a kernel that is old or a peer that has gone. */
interface PidfdSource {
  PidfdSource KERNEL =
      new PidfdSource() {
        @Override
        public int ofPeer(int socket) throws KernelException {
          return Kernel.peerPidfd(socket);
        }

        @Override
        public int ofPid(int pid) throws KernelException {
          return Kernel.pidfdOpen(pid);
        }
      };

  /** {@return a new pidfd of the process that connected {@code socket}} */
  int ofPeer(int socket) throws KernelException;

  /** {@return a new pidfd of whatever process has {@code pid} now} */
  int ofPid(int pid) throws KernelException;
}
