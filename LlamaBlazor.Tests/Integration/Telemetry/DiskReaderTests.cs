using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry.Machine;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Telemetry;

public sealed class DiskReaderTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task DatabaseThatCannotBeRead_CostsTheDiskOnly_AndNotAllSamples()
    {
        using var saved = new SavedSettings(
            new SavedConfiguration(),
            Service<IConfiguration>(),
            new Broken(),
            Service<DatabaseState>(),
            Service<Broadcast<DatabaseReplaced>>(),
            Service<Broadcast<PreferencesChanged>>(),
            NullLogger<SavedSettings>.Instance
        );
        using var settings = new LaunchSettingsAccess(
            Service<SettingValues>(),
            Service<SettingStore>(),
            saved,
            Service<EnginePathRules>(),
            Service<DatabaseState>(),
            Service<Broadcast<LaunchSettings>>()
        );
        var disk = new DiskReader(settings, Service<DataFolder>(), TimeProvider.System);
        await disk.PrepareAsync(CancellationToken.None);
        Assert.Null(disk.Latest);
    }

    private T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    private sealed class Broken : IDbContextFactory<LlamaDbContext>
    {
        public LlamaDbContext CreateDbContext() => throw new SqliteException("SQLite Error 10: 'disk I/O error'.", 10);
    }
}
