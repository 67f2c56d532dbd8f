using LlamaBlazor.Domain.Maintenance.Legacy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>A database of no known kind: its owner is told what was seen in it, and what would have been known.</summary>
public sealed class LegacyUnknownTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task FileOfNoKnownKind_IsToldWhatWasSeen_AndWhatIsKnown()
    {
        var words = await RefusalAsync(string.Concat(Enumerable.Range(10, 23).Select(table => $"CREATE TABLE t{table} (a);")));
        Assert.Contains("these tables: t10, t11, ", words);
        Assert.Contains(", t29 and 3 more. Known are ", words);
        Assert.All(LegacySources.All, source => Assert.Contains(source.Mark, words));
        Assert.StartsWith("It has no tables. Known are ", await RefusalAsync("CREATE TABLE gone (a); DROP TABLE gone"));
    }

    private async Task<string> RefusalAsync(string sql)
    {
        var path = LegacyFixtures.Write(app.Folder.File($"{Guid.NewGuid():N}.db"), sql);
        var result = await app.Services.GetRequiredService<LegacyImport>().RunAsync(path, dryRun: false);
        return Assert.Single(result.Failure!.Errors!["file"]);
    }
}
