using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Proxy.Caching;
using LlamaBlazor.Web.Proxy.Recording;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Logs;

/// <summary>What a stored line says of its speaker, wherever in the house that stands: people search by these words.</summary>
public sealed class LogSourceTests
{
    [Theory]
    [InlineData(typeof(LibraryService), "models", "config")]
    [InlineData(typeof(DownloadService), "models", "config")]
    [InlineData(typeof(FitBatch), "models", "config")]
    [InlineData(typeof(ProxyEndpoint), "router", "generation")]
    [InlineData(typeof(ResponseCache), "server", "cache")]
    [InlineData(typeof(RequestRecorder), "server", "generation")]
    [InlineData(typeof(ProcessGuard), "server", "system")]
    public void Line_OfAService_HasTheSourceAndCategoryOfItsSubject(Type service, string source, string category)
    {
        var intake = new LogIntake(FixedOptions.Of<LogOptions>(LogOptions.Section));
        using var provider = new DatabaseLoggerProvider(intake, TimeProvider.System);
        provider.CreateLogger(service.FullName!).Log(LogLevel.Warning, "said");
        Assert.True(intake.Lines.TryRead(out var line));
        Assert.Equal((source, category), (line.Source, line.Category));
    }
}
