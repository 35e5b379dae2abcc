"""A gRPC program in Python that speaks ALTS by C-core: a server that echoes bytes, or a client of one.
Its handshaker is metadata.google.internal.:8080, since C-core can be told no other."""
import argparse
import concurrent.futures
import sys

import grpc
from grpc import alts_channel_credentials, alts_server_credentials


def identity(value):
    return value


def serve():
    def one(request, context):
        return request

    def many(requests, context):
        yield from requests

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers(
        [
            grpc.method_handlers_generic_handler(
                "test.Echo",
                {
                    "One": grpc.unary_unary_rpc_method_handler(one, identity, identity),
                    "Many": grpc.stream_stream_rpc_method_handler(many, identity, identity),
                },
            )
        ]
    )
    port = server.add_secure_port("127.0.0.1:0", alts_server_credentials())
    server.start()
    print("LISTENING %d" % port, flush=True)
    server.wait_for_termination()


def call(target, wanted, megabytes, number):
    # Otherwise channels to one target share a connection.
    options = [("grpc.use_local_subchannel_pool", 1), ("interop.number", number)]
    credentials = alts_channel_credentials([wanted] if wanted else None)
    with grpc.secure_channel(target, credentials, options) as channel:
        one = channel.unary_unary("/test.Echo/One", identity, identity)
        if one(b"hello", timeout=60) != b"hello":
            raise ValueError("one: something else came back")
        many = channel.stream_stream("/test.Echo/Many", identity, identity)
        total = sum(len(piece) for piece in many((bytes(1 << 20) for _ in range(megabytes)), timeout=60))
        if total != megabytes << 20:
            raise ValueError("many: %d bytes came back" % total)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", help="server to call; none: be a server")
    parser.add_argument("--wanted", help="service account that the server must have")
    parser.add_argument("--times", type=int, default=1, help="connections, one after the other")
    parser.add_argument("--megabytes", type=int, default=16, help="size of the stream")
    arguments = parser.parse_args()
    if not arguments.target:
        serve()
    try:
        for number in range(arguments.times):
            call(arguments.target, arguments.wanted, arguments.megabytes, number)
    except (grpc.RpcError, ValueError) as e:
        print("FAILED", str(e).replace("\n", " "))
        sys.exit(1)
    print("OK")


main()
