using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class ArgumentDiffTests
{
    [Fact]
    public void SameSettings_AnotherPort_IsNoChange() =>
        Assert.Empty(ArgumentDiff.Compare(Of("-m /a.gguf --temp -1 --port 1 --metrics"), Of("-m /a.gguf --temp -1 --port 2 --metrics")));

    [Fact]
    public void AddedChangedAndRemoved_AreTold_WithTheirValues()
    {
        var changes = ArgumentDiff.Compare(
            Of("-m /a.gguf --temp -1 --no-mmap --lora a --lora b"),
            Of("-m /b.gguf --ctx-size 10 --temp -1 --lora a --lora c 2")
        );
        Assert.Equal(
            [
                new("changed", "-m", "/a.gguf", "/b.gguf"),
                new("added", "--ctx-size", null, "10"),
                new("changed", "--lora", "a, b", "a, c 2"),
                new ArgumentChange("removed", "--no-mmap", null, null),
            ],
            changes.OrderBy(change =>
                change.Flag == "-m" ? 0
                : change.Flag == "--ctx-size" ? 1
                : change.Flag == "--lora" ? 2
                : 3
            )
        );
    }

    [Fact]
    public void Secrets_AreCompared_AndNeverShown()
    {
        var before = Of("-m a") with
        {
            Environment = new Dictionary<string, string> { ["LLAMA_API_KEY"] = "old", ["HF_TOKEN"] = "same" },
        };
        var after = Of("-m a") with
        {
            Environment = new Dictionary<string, string> { ["LLAMA_API_KEY"] = "new", ["HF_TOKEN"] = "same" },
        };
        Assert.Equal(new ArgumentChange("changed", "LLAMA_API_KEY", "***", "***"), Assert.Single(ArgumentDiff.Compare(before, after)));
    }

    [Fact]
    public void AnotherEngine_AndAContainer_AreChanges()
    {
        Assert.Equal(
            new ArgumentChange("changed", "engine", "/e", "/f"),
            Assert.Single(ArgumentDiff.Compare(Of("-m a"), Of("-m a") with { Executable = "/f" }))
        );
        var boxed = Of("run x") with
        {
            Container = new ContainerLaunch(new ContainerPlan("img:1", ImageBackend.Cpu), "id", ["-m", "a"], 1),
        };
        Assert.Equal("img:1 --pull=never", Assert.Single(ArgumentDiff.Compare(Of("-m a"), boxed)).After);
        var limited = boxed with { Container = boxed.Container! with { Plan = boxed.Container.Plan with { Cpus = 2 } } };
        Assert.EndsWith("--cpus 2", Assert.Single(ArgumentDiff.Compare(boxed, limited)).After);
    }

    private static LaunchCommand Of(string words) => new("/e", words.Split(' '), new Dictionary<string, string>());
}
