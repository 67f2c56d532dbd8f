using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
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
        using var names = Make(factory);
        Assert.NotNull(await names.FindAsync("before", CancellationToken.None));

        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, token) =>
                    context
                        .Models.Where(model => model.Id == id)
                        .ExecuteUpdateAsync(set => set.SetProperty(model => model.Name, "after"), token)
            );
        names.Invalidate();
        using var client = new CancellationTokenSource();
        factory.Reading = client.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => names.FindAsync("before", client.Token).AsTask());
        factory.Reading = null;
        Assert.Null(await names.FindAsync("before", CancellationToken.None));
    }

    // Each of eight that ask at once after a change gets what was changed, however long reading takes.
    [Fact]
    public async Task Change_IsSeen_ByAllWhoAskAfterIt()
    {
        var id = await app.AddModelAsync("moving");
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        await writer.ExecuteAsync(
            (context, _) =>
                Task.FromResult(
                    context.Add(
                        new ModelAliasRow
                        {
                            Name = "moves",
                            ModelId = id,
                            CreatedAt = 1,
                            UpdatedAt = 1,
                        }
                    )
                )
        );
        var factory = new Contexts(app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>())
        {
            Reading = () => Thread.SpinWait(50_000),
        };
        using var names = Make(factory);
        for (var round = 0; round < 200; round++)
        {
            var json = $"{{\"seed\":{round}}}";
            await writer.ExecuteAsync(
                (context, token) =>
                    context
                        .Set<ModelAliasRow>()
                        .Where(row => row.Name == "moves")
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.ParametersJson, json), token)
            );
            names.Invalidate();
            var found = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await names.FindAsync("moves", CancellationToken.None)))
            );
            Assert.All(found, target => Assert.Equal(json, target?.ParametersJson));
        }
    }

    private ModelDirectory Make(IDbContextFactory<LlamaDbContext> factory) =>
        new(
            factory,
            app.Services.GetRequiredService<DatabaseState>(),
            app.Services.GetRequiredService<Broadcast<ModelChanged>>(),
            app.Services.GetRequiredService<Broadcast<ConfigChanged>>(),
            TimeProvider.System,
            NullLogger<ModelDirectory>.Instance
        );

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
