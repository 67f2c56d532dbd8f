using System.Globalization;

namespace LlamaBlazor.Domain.Instances.Containers;

/// <summary>A file or folder of this machine that the container sees at the same path, so that no argument has to be rewritten.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsWritable">True only for what the engine itself writes.</param>
public sealed record ContainerMount(string Path, bool IsWritable);

/// <summary>What a container is made of besides the arguments of its engine.</summary>
/// <param name="Image">As the user wrote it.</param>
/// <param name="Backend">What the image is built for.</param>
public sealed record ContainerPlan(string Image, ImageBackend Backend)
{
    /// <summary>Port the engine listens on inside, where the container has a network of its own.</summary>
    public const int InnerPort = 8080;

    private static readonly string[] HostNetwork = ["--network=host", "--net=host"];

    /// <summary>True for podman, which takes GPUs as devices; docker takes <c>--gpus</c>.</summary>
    public bool IsPodman { get; init; }

    /// <summary>Cores, or null for no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>GiB, or null for no limit.</summary>
    public double? MemoryGb { get; init; }

    /// <summary>Numbers of the GPUs it gets; empty for all that the image can use.</summary>
    public IReadOnlyList<int> Gpus { get; init; } = [];

    /// <summary>True when the engine may use a GPU at all.</summary>
    public bool UsesGpu { get; init; } = true;

    /// <summary>What it sees of this machine's files.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>
    /// Names of variables whose values it takes from the environment of the command, so that no secret is in an argument; others with their
    /// values, as NAME=VALUE.
    /// </summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Folder for what the engine downloads itself, or null when its model is a file of this machine.</summary>
    public string? Downloads { get; init; }

    /// <summary>What the settings add, such as <c>--ulimit</c>; last, so that it wins.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>Low-level runtime, such as runc, or null for the usual one.</summary>
    public string? OciRuntime { get; init; }

    /// <summary>True when the settings put it into the machine's own network: then there is no port to publish.</summary>
    public bool IsOnHostNetwork =>
        ExtraArguments.Any(HostNetwork.Contains)
        || ExtraArguments.Zip(ExtraArguments.Skip(1)).Any(pair => pair is ("--network" or "--net", "host"));

    /// <summary>Port the engine is told to listen on.</summary>
    /// <param name="port">Port on loopback of this machine.</param>
    public int EnginePort(int port) => IsOnHostNetwork ? port : InnerPort;

    /// <summary>Address the engine is told to listen on: of a network of its own only the published port, on loopback, is reached from
    /// outside.</summary>
    public string EngineHost => IsOnHostNetwork ? "127.0.0.1" : "0.0.0.0";

    /// <summary>The options of <c>create</c> and <c>run</c> that say what it may use.</summary>
    public IReadOnlyList<string> Options()
    {
        List<string> words = ["--pull=never"]; // a start must not become a download of gigabytes that nobody asked for
        if (OciRuntime is not null)
            words.AddRange(["--runtime", OciRuntime]);
        if (Cpus is { } cpus)
            words.AddRange(["--cpus", cpus.ToString("0.###", CultureInfo.InvariantCulture)]);
        if (MemoryGb is { } memory)
            words.AddRange(["--memory", $"{Math.Max(6, (long)Math.Round(memory * 1024))}m"]);
        words.AddRange(GpuOptions());
        foreach (var mount in Mounts)
            words.AddRange([
                "--mount",
                $"type=bind,{Field("source", mount.Path)},{Field("target", mount.Path)}{(mount.IsWritable ? "" : ",readonly")}",
            ]);
        if (Downloads is not null)
            words.AddRange([
                "--mount",
                $"type=bind,{Field("source", Downloads)},{Field("target", Downloads)}",
                "--env",
                $"LLAMA_CACHE={Downloads}",
            ]);
        foreach (var name in Variables)
            words.AddRange(["--env", name]);
        words.AddRange(ExtraArguments);
        return words;
    }

    /// <summary>Arguments that run the image for a moment, up to the image's id: to ask its engine what it can do.</summary>
    public IReadOnlyList<string> ProbeWords() => ["run", "--rm", .. Options()];

    // The devices each driver needs: docs.docker.com "GPU access", podman's CDI names, and llama.cpp's docs/docker.md.
    private IEnumerable<string> GpuOptions() =>
        (UsesGpu, Backend) switch
        {
            (false, _) or (_, ImageBackend.Cpu) => [],
            (_, ImageBackend.Cuda or ImageBackend.Musa) when IsPodman => Gpus.Count == 0
                ? ["--device", "nvidia.com/gpu=all"]
                : Gpus.SelectMany(gpu => new[] { "--device", $"nvidia.com/gpu={gpu}" }),
            (_, ImageBackend.Cuda or ImageBackend.Musa) => ["--gpus", Gpus.Count == 0 ? "all" : $"\"device={string.Join(',', Gpus)}\""],
            (_, ImageBackend.Rocm) => ["--device", "/dev/kfd", "--device", "/dev/dri"],
            _ => ["--device", "/dev/dri"],
        };

    // --mount takes comma separated fields; one with a comma or a quote stands in quotes.
    private static string Field(string name, string value) =>
        value.AsSpan().ContainsAny(',', '"') ? $"\"{name}={value.Replace("\"", "\"\"")}\"" : $"{name}={value}";
}

/// <summary>The container of one launch.</summary>
/// <param name="Plan">What it is made of.</param>
/// <param name="ImageId">Id of the image, so that a tag that moves meanwhile changes nothing.</param>
/// <param name="EngineArguments">What its engine is told.</param>
/// <param name="Port">Port on loopback.</param>
public sealed record ContainerLaunch(ContainerPlan Plan, string ImageId, IReadOnlyList<string> EngineArguments, int Port)
{
    /// <summary>Arguments that make it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels.</param>
    public IReadOnlyList<string> Create(string name, IReadOnlyDictionary<string, string> labels)
    {
        List<string> words = ["create", "--name", name];
        foreach (var (key, value) in labels)
            words.AddRange(["--label", $"{key}={value}"]);
        if (!Plan.IsOnHostNetwork)
            words.AddRange(["--publish", $"127.0.0.1:{Port}:{ContainerPlan.InnerPort}"]);
        return [.. words, .. Plan.Options(), ImageId, .. EngineArguments];
    }

    /// <summary>The same as one command for people to read and to check, without name and labels.</summary>
    public IReadOnlyList<string> Run() => ["run", "--rm", .. Plan.Options(), Plan.Image, .. EngineArguments];
}
