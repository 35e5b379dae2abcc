"""Processes that treat the agent's socket as attackers and accidents do. Standard library only."""
import array
import ctypes
import os
import socket
import struct
import sys
import threading
import time

OWNER = 1000
OTHER = 1001


def connect(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    return s


def become(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def header(name, value):
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


# client_start: ALTS, "grpc", "ALTSRP_GCM_AES128_REKEY"
CLIENT_START = b"\x0a\x21\x08\x02\x12\x04grpc\x1a\x17ALTSRP_GCM_AES128_REKEY"


def shake(s):
    """Begins a handshake as a client; the SPIFFE ID is the one in the ClientInit that comes back."""
    message = b"\x00" + struct.pack(">I", len(CLIENT_START)) + CLIENT_START
    return call(s, b"/grpc.gcp.HandshakerService/DoHandshake", message, 0)


def call(s, path=b"/alts.credentials.v1.Credentials/WatchCredentials", message=b"\x00" * 5, flags=1):
    """Makes a call by hand-made HTTP/2; prints DATA and the SPIFFE ID's path, END or EOF."""
    headers = b"".join(
        header(n, v)
        for n, v in [
            (b":method", b"POST"),
            (b":scheme", b"http"),
            (b":path", path),
            (b":authority", b"localhost"),
            (b"te", b"trailers"),
            (b"content-type", b"application/grpc"),
        ]
    )
    s.settimeout(15)
    try:
        s.sendall(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            + frame(4, 0, 0, b"")
            + frame(1, 4, 1, headers)
            + frame(0, flags, 1, message)
        )
        buffered = b""
        while True:
            while len(buffered) < 9 or len(buffered) < 9 + int.from_bytes(buffered[:3], "big"):
                part = s.recv(65536)
                if not part:
                    return "EOF"
                buffered += part
            length = int.from_bytes(buffered[:3], "big")
            kind, flags, payload = buffered[3], buffered[4], buffered[9 : 9 + length]
            buffered = buffered[9 + length :]
            if kind == 4 and not flags & 1:
                s.sendall(frame(4, 1, 0, b""))
            if kind == 0 and length > 5:
                start = payload.find(b"spiffe://")
                end = start
                while end < len(payload) and 32 < payload[end] < 127:
                    end += 1
                return "DATA " + payload[start:end].decode()
            if kind == 1 and flags & 1:
                return "END"
            if kind in (3, 7):
                return "END"
    except OSError as e:
        return "EOF"


def send_descriptor(over, fd):
    over.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])


def receive_descriptor(over):
    _, ancillary, _, _ = over.recvmsg(1, socket.CMSG_LEN(4))
    return array.array("i", ancillary[0][2][:4])[0]


def passed(path, owner_dies):
    """The owner connects and passes the connection to a process of another user."""
    left, right = socket.socketpair()
    owner = os.fork()
    if owner == 0:
        become(OWNER)
        s = connect(path)
        send_descriptor(left, s.fileno())
        if owner_dies:
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    left.close()
    fd = receive_descriptor(right)
    if owner_dies:
        os.waitpid(owner, 0)
    become_effective_other()
    print(call(socket.socket(fileno=fd)), flush=True)
    os.seteuid(0)
    if not owner_dies:
        os.kill(owner, 9)
        os.waitpid(owner, 0)


def become_effective_other():
    os.setresuid(-1, OTHER, 0)


def forked(path, parent_dies):
    """The owner connects and forks; the child uses the connection."""
    reader, writer = os.pipe()
    ready_r, ready_w = os.pipe()
    owner = os.fork()
    if owner == 0:
        become(OWNER)
        s = connect(path)
        if os.fork() == 0:
            os.read(ready_r, 1)
            os.write(writer, call(s).encode())
            os._exit(0)
        if not parent_dies:
            time.sleep(60)
        os._exit(0)
    if parent_dies:
        os.waitpid(owner, 0)
    os.write(ready_w, b"x")
    print(os.read(reader, 4096).decode(), flush=True)
    if not parent_dies:
        os.kill(owner, 9)
        os.waitpid(owner, 0)


def executed(path, other_program):
    """Connects, then becomes another program that uses the connection."""
    s = connect(path)
    s.set_inheritable(True)
    os.execv(other_program, [other_program, os.path.abspath(__file__), "call-descriptor", str(s.fileno())])


def changed_user(path):
    s = connect(path)
    become(OTHER)
    print(call(s), flush=True)


def effective_user(path):
    os.setresuid(OWNER, OTHER, 0)
    print(call(connect(path)), flush=True)


def thread_ended(path):
    made = []
    thread = threading.Thread(target=lambda: made.append(connect(path)))
    thread.start()
    thread.join()
    print(call(made[0]), flush=True)


def storm(path, count):
    """Processes that connect and die: some at once, some after the first bytes."""
    for i in range(count):
        pid = os.fork()
        if pid == 0:
            try:
                s = connect(path)
                if i % 3 == 1:
                    s.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                if i % 3 == 2:
                    s.sendall(os.urandom(100))
            except OSError:
                pass
            os._exit(0)
        if i % 50 == 49:
            while True:
                try:
                    os.waitpid(-1, 0)
                except ChildProcessError:
                    break
    print("done", flush=True)


def reuse(path, rounds, mode):
    """Makes another user's process get the pid of the one that connected. Needs its own pid namespace."""
    for _ in range(rounds):
        command_r, command_w = os.pipe()
        told_r, told_w = os.pipe()
        first = os.fork()
        if first == 0:
            become(OWNER)
            s = connect(path)
            holder = os.fork()
            if holder == 0:
                time.sleep(60)
                os._exit(0)
            os.write(told_w, struct.pack("i", holder))
            os.read(command_r, 1)
            os._exit(0)
        holder = struct.unpack("i", os.read(told_r, 4))[0]
        if mode != "before":
            print("CONNECTED", flush=True)
            sys.stdin.readline()
        os.write(command_w, b"x")
        os.waitpid(first, 0)
        with open("/proc/sys/kernel/ns_last_pid", "w") as f:
            f.write(str(first - 1))
        second = os.fork()
        if second == 0:
            become(OTHER)
            os.execv("/bin/sleep", ["sleep", "60"])
        while "sleep" not in os.readlink("/proc/%d/exe" % second):
            pass
        print("REUSED" if second == first else "MISSED", flush=True)
        sys.stdin.readline()
        os.kill(second, 9)
        os.waitpid(second, 0)
        os.kill(holder, 9)
        for fd in (command_r, command_w, told_r, told_w):
            os.close(fd)
    print("OVER", flush=True)


def connect_from(port, address):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Closing resets, so the port is free at once.
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        s.bind(("127.0.0.1", port))
        s.connect(address)
    except OSError:
        s.close()
        return None
    return s


def port_reuse(port, rounds):
    """Processes of two users that use the same local ports, each as soon as the other lets go of one.
    Prints how many handshakes each began, and what was ever wrong."""
    address = ("127.0.0.1", port)
    ports = [20000 + os.getpid() % 5000, 26000 + os.getpid() % 5000]
    reader, writer = os.pipe()
    for uid in (OWNER, OTHER):
        if os.fork() == 0:
            become(uid)
            # After the change of user, which takes it back: ends with its parent.
            ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
            served, wrong, i = 0, [], 0
            while served < rounds:
                i += 1
                s = connect_from(ports[i % 2], address)
                if s is None:
                    time.sleep(0.001)
                    continue
                if i % 3 == 0:
                    # Asks and lets go of the port at once.
                    s.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b""))
                    s.close()
                    continue
                answer = shake(s)
                s.close()
                if answer.startswith("DATA"):
                    served += 1
                    if not answer.endswith("/demo/u%d" % uid):
                        wrong.append(answer)
            os.write(writer, ("%d:%d:%s;" % (uid, served, ",".join(wrong))).encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(-1, 0)
    os.waitpid(-1, 0)
    print(os.read(reader, 65536).decode(), flush=True)


def tcp(port, part):
    address = ("127.0.0.1", port)
    if part == "alone":
        become(OWNER)
        print(shake(socket.create_connection(address)), flush=True)
    elif part == "namespaced":
        # Root in a user namespace of its own, and nobody special outside.
        become(OWNER)
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
        if ctypes.CDLL(None).unshare(0x10000000) != 0:
            print("UNSUPPORTED", flush=True)
            return
        with open("/proc/self/uid_map", "w") as f:
            f.write("0 %d 1" % OWNER)
        print(shake(socket.create_connection(address)) if os.getuid() == 0 else "NOT ROOT", flush=True)
    elif part == "shared":
        # A process of another user holds the same socket when the agent looks.
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            become(OTHER)
            os.write(writer, b"x")
            time.sleep(60)
            os._exit(0)
        os.read(reader, 1)
        s.connect(address)
        print(shake(s), flush=True)
        os.kill(child, 9)
    elif part == "changed-user":
        # Made by root; root's identity is not for whom it became.
        s = socket.create_connection(address)
        become(OTHER)
        print(shake(s), flush=True)
    elif part == "dies":
        s = socket.create_connection(address)
        if os.fork() == 0:
            become(OTHER)
            time.sleep(0.2)
            print(shake(s), flush=True)
            os._exit(0)
        os._exit(0)


def main():
    name, arguments = sys.argv[1], sys.argv[2:]
    # Orphans come back to this process and not to the test's.
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    if name == "passed":
        passed(arguments[0], arguments[1] == "dies")
    elif name == "forked":
        forked(arguments[0], arguments[1] == "dies")
    elif name == "executed":
        executed(arguments[0], arguments[1])
    elif name == "call-descriptor":
        print(call(socket.socket(fileno=int(arguments[0]))), flush=True)
    elif name == "changed-user":
        changed_user(arguments[0])
    elif name == "effective-user":
        effective_user(arguments[0])
    elif name == "thread-ended":
        thread_ended(arguments[0])
    elif name == "storm":
        storm(arguments[0], int(arguments[1]))
    elif name == "port-reuse":
        port_reuse(int(arguments[0]), int(arguments[1]))
    elif name == "tcp":
        tcp(int(arguments[0]), arguments[1])
    elif name == "reuse":
        reuse(arguments[0], int(arguments[1]), arguments[2])
    else:
        sys.exit("no such part: " + name)


main()
