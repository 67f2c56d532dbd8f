using LlamaBlazor.Domain.Instances.Containers;

namespace LlamaBlazor.Tests.Domain.Instances.Containers;

public sealed class ContainerPlanTests
{
    private static readonly ContainerPlan Plain = new("ghcr.io/ggml-org/llama.cpp:server", ImageBackend.Cpu);

    [Theory]
    [InlineData("ghcr.io/ggml-org/llama.cpp:server-cuda13", "ghcr.io", "ggml-org/llama.cpp", "server-cuda13", ImageBackend.Cuda)]
    [InlineData("ghcr.io/ggml-org/llama.cpp:server-rocm-b9921", "ghcr.io", "ggml-org/llama.cpp", "server-rocm-b9921", ImageBackend.Rocm)]
    [InlineData("localhost:5000/my/llama:server-vulkan", "localhost:5000", "my/llama", "server-vulkan", ImageBackend.Dri)]
    [InlineData("localhost/lb-test:1", "localhost", "lb-test", "1", ImageBackend.Cpu)]
    [InlineData("llama", "docker.io", "library/llama", "latest", ImageBackend.Cpu)]
    [InlineData("somebody/llama:full-musa", "docker.io", "somebody/llama", "full-musa", ImageBackend.Musa)]
    public void References_AreRead(string text, string registry, string repository, string tag, ImageBackend backend)
    {
        var image = ImageReference.Parse(text)!;
        Assert.Equal((registry, repository, tag, backend), (image.Registry, image.Repository, image.Tag, image.Backend));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("--privileged")]
    [InlineData("UPPER/case:1")]
    [InlineData("a b")]
    [InlineData("ghcr.io/x@sha256:00")]
    public void WhatIsNoReference_IsRefused(string? text) => Assert.Null(ImageReference.Parse(text));

    [Fact]
    public void Limits_MountsAndVariables_BecomeArguments()
    {
        var plan = Plain with
        {
            Cpus = 1.5,
            MemoryGb = 2,
            Mounts = [new("/models/a,b.gguf", false), new("/slots", true)],
            Variables = ["HF_TOKEN"],
            OciRuntime = "runc",
            ExtraArguments = ["--ulimit", "nofile=9"],
        };
        Assert.Equal(
            [
                "--pull=never",
                "--runtime",
                "runc",
                "--cpus",
                "1.5",
                "--memory",
                "2048m",
                "--mount",
                "type=bind,\"source=/models/a,b.gguf\",\"target=/models/a,b.gguf\",readonly",
                "--mount",
                "type=bind,source=/slots,target=/slots",
                "--env",
                "HF_TOKEN",
                "--ulimit",
                "nofile=9",
            ],
            plan.Options()
        );
    }

    [Fact]
    public void Port_IsPublishedOnLoopback_UnlessTheNetworkIsOurs()
    {
        var own = new ContainerLaunch(Plain, "id", ["--port", "8080"], 40000).Create("n", new Dictionary<string, string> { ["a"] = "b" });
        Assert.Equal(
            ["create", "--name", "n", "--label", "a=b", "--publish", "127.0.0.1:40000:8080", "--pull=never", "id", "--port", "8080"],
            own
        );
        var host = Plain with { ExtraArguments = ["--network", "host"] };
        Assert.DoesNotContain("--publish", new ContainerLaunch(host, "id", [], 40000).Create("n", new Dictionary<string, string>()));
        Assert.Equal((40000, "127.0.0.1"), (host.EnginePort(40000), host.EngineHost));
        Assert.Equal((8080, "0.0.0.0"), (Plain.EnginePort(40000), Plain.EngineHost));
    }

    [Theory]
    [InlineData(ImageBackend.Cuda, false, "--gpus \"device=1,3\"")]
    [InlineData(ImageBackend.Cuda, true, "--device nvidia.com/gpu=1 --device nvidia.com/gpu=3")]
    [InlineData(ImageBackend.Rocm, true, "--device /dev/kfd --device /dev/dri")]
    [InlineData(ImageBackend.Dri, false, "--device /dev/dri")]
    [InlineData(ImageBackend.Cpu, false, "")]
    public void Gpus_AreGivenAsTheDriverNeeds(ImageBackend backend, bool podman, string expected)
    {
        var words = (Plain with { Backend = backend, IsPodman = podman, Gpus = [1, 3] }).Options().Skip(1);
        Assert.Equal(expected, string.Join(' ', words));
        Assert.Single((Plain with { Backend = backend, UsesGpu = false }).Options());
    }

    [Fact]
    public void Lists_OfBothRuntimes_AreRead()
    {
        var podman = ContainerText.ReadList("""[ {"Id":"8879","Names":["a"],"Image":"i:1","State":"running"} ]""")!;
        var docker = ContainerText.ReadList(
            "{\"ID\":\"8879\",\"Names\":\"a\",\"Image\":\"i:1\",\"State\":\"Running\"}\n{\"ID\":\"9\",\"Names\":\"b\",\"Image\":\"i\",\"State\":\"exited\"}\n"
        )!;
        Assert.Equal(new ContainerItem("8879", "a", "i:1", "running"), Assert.Single(podman));
        Assert.Equal([new ContainerItem("8879", "a", "i:1", "running"), new ContainerItem("9", "b", "i", "exited")], docker);
        Assert.Empty(ContainerText.ReadList("")!);
        Assert.Null(ContainerText.ReadList("Error: no such thing"));
    }

    [Fact]
    public void Usage_OfBothRuntimes_IsRead()
    {
        var podman = Assert.Single(
            ContainerText.ReadUsage(
                """[{"id":"88","cpu_percent":"1.33%","mem_usage":"663.6kB / 209.7MB","net_io":"1kB / 2kB","block_io":"0B / 3MB"}]"""
            )!
        );
        Assert.Equal(new ContainerUsage("88", 1.33, 663_600, 0, 3_000_000, 1000, 2000), podman);
        var docker = Assert.Single(
            ContainerText.ReadUsage("""{"ID":"88","CPUPerc":"0.50%","MemUsage":"1.5GiB / 2GiB","NetIO":"-- / --","BlockIO":"0B / 0B"}""")!
        );
        Assert.Equal(new ContainerUsage("88", 0.5, 1.5 * 1024 * 1024 * 1024, 0, 0, null, null), docker);
    }
}
