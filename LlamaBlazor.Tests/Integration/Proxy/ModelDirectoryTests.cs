using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Proxy;

public sealed class ModelDirectoryTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    public async Task ClientThatLeaves_WhileTheNamesAreRead_LosesNoChange()
    {
        var id = await app.AddModelAsync("before");
        var factory = new Contexts(app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>());
        using var names = new ModelDirectory(factory, app.Services.GetRequiredService<DatabaseState>(), app.Services.GetRequiredService<Broadcast<ModelChanged>>(), app.Services.GetRequiredService<Broadcast<ConfigChanged>>(), TimeProvider.System, NullLogger<ModelDirectory>.Instance);
        Assert.NotNull(await names.FindAsync("before", CancellationToken.None));

        await app.Services.GetRequiredService<DatabaseWriter>().ExecuteAsync((context, token) => context.Models.Where(model => model.Id == id).ExecuteUpdateAsync(set => set.SetProperty(model => model.Name, "after"), token));
        names.Invalidate();
        using var client = new CancellationTokenSource();
        factory.Reading = client.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => names.FindAsync("before", client.Token).AsTask());
        factory.Reading = null;
        Assert.Null(await names.FindAsync("before", CancellationToken.None));
    }

    private sealed class Contexts(IDbContextFactory<LlamaDbContext> inner) : IDbContextFactory<LlamaDbContext>
    {
        /// <summary>Called just before the names are read.</summary>
        public Action? Reading { get; set; }

        public LlamaDbContext CreateDbContext()
        {
            Reading?.Invoke();
            return inner.CreateDbContext();
        }
    }
}
