// Program peer is a gRPC-Go program that speaks ALTS: a server that echoes bytes, or a client of one.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/alts"
)

// bytesCodec sends byte slices as they are.
type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error) { return *(v.(*[]byte)), nil }
func (bytesCodec) Unmarshal(b []byte, v any) error {
	*(v.(*[]byte)) = append([]byte{}, b...)
	return nil
}
func (bytesCodec) Name() string { return "bytes" }

func one(_ any, ctx context.Context, dec func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var in []byte
	if err := dec(&in); err != nil {
		return nil, err
	}
	return &in, nil
}

func many(_ any, stream grpc.ServerStream) error {
	for {
		var in []byte
		if err := stream.RecvMsg(&in); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := stream.SendMsg(&in); err != nil {
			return err
		}
	}
}

var manyDesc = grpc.StreamDesc{StreamName: "Many", Handler: many, ServerStreams: true, ClientStreams: true}

func serve(handshaker string) {
	opts := alts.DefaultServerOptions()
	opts.HandshakerServiceAddress = handshaker
	server := grpc.NewServer(grpc.Creds(alts.NewServerCreds(opts)), grpc.ForceServerCodec(bytesCodec{}))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "test.Echo",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "One", Handler: one}},
		Streams:     []grpc.StreamDesc{manyDesc},
	}, struct{}{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("LISTENING %d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}

func call(handshaker, target, wanted string, megabytes int) error {
	opts := alts.DefaultClientOptions()
	opts.HandshakerServiceAddress = handshaker
	if wanted != "" {
		opts.TargetServiceAccounts = []string{wanted}
	}
	conn, err := grpc.NewClient("passthrough:///"+target,
		grpc.WithTransportCredentials(alts.NewClientCreds(opts)),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	in, out := []byte("hello"), []byte{}
	if err := conn.Invoke(ctx, "/test.Echo/One", &in, &out); err != nil {
		return err
	}
	if string(out) != "hello" {
		return fmt.Errorf("one: got %q", out)
	}
	stream, err := conn.NewStream(ctx, &manyDesc, "/test.Echo/Many")
	if err != nil {
		return err
	}
	go func() {
		piece := make([]byte, 1<<20)
		for i := 0; i < megabytes; i++ {
			if stream.SendMsg(&piece) != nil {
				return
			}
		}
		stream.CloseSend()
	}()
	total := 0
	for {
		var piece []byte
		if err := stream.RecvMsg(&piece); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		total += len(piece)
	}
	if total != megabytes<<20 {
		return fmt.Errorf("many: %d bytes came back", total)
	}
	return nil
}

func main() {
	handshaker := flag.String("handshaker", "metadata.google.internal.:8080", "address of the handshaker service")
	target := flag.String("target", "", "server to call; empty: be a server")
	wanted := flag.String("wanted", "", "service account that the server must have")
	times := flag.Int("times", 1, "connections, one after the other")
	megabytes := flag.Int("megabytes", 16, "size of the stream")
	flag.Parse()
	if *target == "" {
		serve(*handshaker)
	}
	for i := 0; i < *times; i++ {
		if err := call(*handshaker, *target, *wanted, *megabytes); err != nil {
			fmt.Printf("FAILED %v\n", err)
			os.Exit(1)
		}
	}
	fmt.Println("OK")
}
