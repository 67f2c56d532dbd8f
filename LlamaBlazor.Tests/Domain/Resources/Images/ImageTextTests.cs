using LlamaBlazor.Domain.Resources.Images;

namespace LlamaBlazor.Tests.Domain.Resources.Images;

public sealed class ImageTextTests
{
    [Theory]
    [InlineData("server", "server", null, null, "amd64")]
    [InlineData("server-cuda", "server", "12", null, "amd64")]
    [InlineData("full-cuda13-b9921", "full", "13", "b9921", "amd64")]
    [InlineData("light-s390x", "light", null, null, "s390x")]
    [InlineData("server--cuda", "other", null, null, "amd64")]
    [InlineData("latest", "other", null, null, "amd64")]
    public void Tags_AreRead(string text, string category, string? cuda, string? build, string architecture)
    {
        var tag = ImageTag.Read(text);
        Assert.Equal((category, cuda, build, architecture), (tag.Category, tag.CudaVersion, tag.BuildName, tag.Architecture));
    }

    [Fact]
    public void OfManyTags_TheMovingOnes_AndTheNewestBuilds_AreKept()
    {
        var tags = Enumerable
            .Range(1, 50)
            .Select(build => $"server-b{build}")
            .Append("server")
            .Append("server-cuda")
            .Append("sha256-abc.sig")
            .ToList();
        Assert.Equal(
            ["server", "server-cuda", "server-b50", "server-b49", "server-b48"],
            ImageTag.Choose(tags, 3, 500).Select(tag => tag.Tag)
        );
        Assert.Equal(["1", "2"], ImageTag.Choose(["1", "2", "3", "1"], 3, 2).Select(tag => tag.Tag));
    }

    [Fact]
    public void Facts_AreRead_OfPodmanAndOfDocker()
    {
        var facts = ImageFacts.ReadAll(
            """
            [
              {"Id": "aa", "Digest": "sha256:podman", "RepoTags": ["one:1", "one:latest"], "RepoDigests": ["one@sha256:first", "two@sha256:second"],
               "Size": 5000000000, "Architecture": "amd64", "Config": {"Env": ["PYTHON_VERSION=3.11"], "Labels": {"version": "b9921"}}},
              {"Id": "sha256:local", "RepoTags": ["made:here"], "RepoDigests": [], "Size": "large", "Config": null},
              {"Id": "bb"}, 7
            ]
            """
        );
        Assert.Equal(["made:here", "one:1", "one:latest"], facts.Keys.Order());
        Assert.Equal(
            ("sha256:first", 5_000_000_000, "3.11"),
            (facts["one:1"].Digest, facts["one:1"].SizeBytes, facts["one:1"].PythonVersion)
        );
        Assert.Contains("\"version\":\"b9921\"", facts["one:latest"].ManifestJson);
        Assert.Equal(
            ("sha256:local", (long?)null, (string?)null),
            (facts["made:here"].Digest, facts["made:here"].SizeBytes, facts["made:here"].PythonVersion)
        );
        Assert.Empty(ImageFacts.ReadAll("Error: no such image"));
        Assert.Empty(ImageFacts.ReadAll("{\"Id\":\"aa\"}"));
    }

    [Fact]
    public void Seed_HasTheServerImages_OfEachBackend() =>
        Assert.Equal(
            ["server", "server-cuda", "server-cuda13", "server-rocm", "server-musa", "server-intel", "server-vulkan", "server-openvino"],
            ImageEntry.Seed[0].Tags.Take(8)
        );

    [Fact]
    public void Challenge_AndNextPage_AreRead()
    {
        Assert.Equal(
            new RegistryChallenge("https://ghcr.io/token", "ghcr.io", "repository:a/b:pull"),
            RegistryText.ReadChallenge("Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:a/b:pull\"")
        );
        Assert.Null(RegistryText.ReadChallenge("Basic realm=\"x\""));
        Assert.Null(RegistryText.ReadChallenge(null));
        Assert.Equal("/v2/a/b/tags/list?last=x&n=9", RegistryText.ReadNext("</v2/a/b/tags/list?last=x&n=9>; rel=\"next\""));
        Assert.Null(RegistryText.ReadNext("</first>; rel=\"first\""));
        Assert.Equal("https://registry-1.docker.io/", RegistryText.Address("docker.io").AbsoluteUri);
        Assert.Equal("http://127.0.0.1:5000/", RegistryText.Address("127.0.0.1:5000").AbsoluteUri);
        Assert.Equal("https://ghcr.io/", RegistryText.Address("ghcr.io").AbsoluteUri);
    }

    [Fact]
    public void Progress_CountsLayers_OfBothRuntimes()
    {
        var docker = new PullProgress();
        foreach (
            var line in new[]
            {
                "server: Pulling from a/b",
                "0123456789ab: Pulling fs layer",
                "abcdef012345: Already exists",
                "0123456789ab: Downloading",
            }
        )
            docker.Add(line);
        Assert.Equal((2, 1), (docker.Layers, docker.Done));
        docker.Add("0123456789ab: Pull complete");
        Assert.Equal(2, docker.Done);
        var podman = new PullProgress();
        foreach (
            var line in new[]
            {
                "Trying to pull a/b:c...",
                "Copying blob sha256:0123456789abcdef",
                "Copying blob sha256:abcdef0123456789",
                "Copying blob 0123456789ab done",
            }
        )
            podman.Add(line);
        Assert.Equal((2, 1), (podman.Layers, podman.Done));
        podman.Add("Copying config sha256:99");
        Assert.Equal((2, "Copying config sha256:99"), (podman.Done, podman.Line));
    }

    [Theory]
    [InlineData(1, "connection reset by peer", true)]
    [InlineData(2, "received unexpected HTTP status: 503", true)]
    [InlineData(3, "connection reset by peer", false)]
    [InlineData(1, "reading manifest x: manifest unknown", false)]
    [InlineData(1, "denied: requested access is denied", false)]
    public void Retry_OnlyWhereItMayHelp(int attempt, string words, bool expected) =>
        Assert.Equal(expected, PullRetry.IsWorthwhile(attempt, words));

    [Fact]
    public void Pauses_Double() => Assert.Equal([1, 2, 4], new[] { 1, 2, 3 }.Select(attempt => PullRetry.Pause(attempt).TotalSeconds));
}
