using System.Globalization;
using System.Linq.Expressions;
using LlamaBlazor.Domain.Models;

namespace LlamaBlazor.Web.Models;

/// <summary>
/// Turns an order into SQL: ORDER BY key, id; and the cursor <c>key|id</c> into WHERE (key, id) &gt; (…). Only the key differs from order
/// to order.
/// </summary>
internal abstract class ModelSortKey
{
    private static readonly ModelSortKey FavoritesFirst = new OfText(m => (m.Favorite ? "0" : "1") + m.Name.ToLower());

    private static readonly Dictionary<string, ModelSortKey> ByName = new()
    {
        [ModelSort.Favorites] = FavoritesFirst,
        ["name"] = new OfText(m => m.Name.ToLower()),
        ["architecture"] = new OfText(m => m.Architecture ?? ""),
        ["quantization"] = new OfText(m => m.Quantization ?? ""),
        ["status"] = new OfText(m => m.Status),
        ["parameter_count"] = new OfNumber(m => m.ParameterCount ?? -1),
        ["context_length"] = new OfNumber(m => m.ContextLength ?? -1),
        ["file_size_bytes"] = new OfNumber(m => m.FileSizeBytes ?? -1),
        ["last_used_at"] = new OfNumber(m => m.LastUsedAt ?? -1),
        ["created_at"] = new OfNumber(m => m.CreatedAt),
    };

    /// <summary>The key of an order.</summary>
    public static ModelSortKey For(ModelSort sort) => ByName.GetValueOrDefault(sort.Key, FavoritesFirst);

    /// <summary>The rows in order.</summary>
    public abstract IQueryable<Model> Order(IQueryable<Model> rows, bool descending);

    /// <summary>The rows behind a cursor, or null when the cursor is not one of ours.</summary>
    public abstract IQueryable<Model>? After(IQueryable<Model> rows, string cursor, bool descending);

    /// <summary>Rows with the cursor that stands behind each.</summary>
    public abstract IQueryable<Ranked> WithCursor(IQueryable<Model> rows);

    /// <summary>A row and its place in the order.</summary>
    internal sealed record Ranked(long Id, string? Text, long Number)
    {
        /// <summary>The place, for the client to send back.</summary>
        public string Cursor =>
            string.Create(CultureInfo.InvariantCulture, $"{Id}|{Text ?? Number.ToString(CultureInfo.InvariantCulture)}");
    }

    private static Expression<Func<Model, bool>> Behind<T>(
        Expression<Func<Model, T>> key,
        T value,
        long id,
        bool descending,
        Func<Expression, Expression, Expression> beyond
    )
    {
        var row = key.Parameters[0];
        var place = Expression.Constant(value, typeof(T));
        var idOfRow = Expression.Property(row, nameof(Model.Id));
        var idBeyond = descending
            ? Expression.LessThan(idOfRow, Expression.Constant(id))
            : Expression.GreaterThan(idOfRow, Expression.Constant(id));
        return Expression.Lambda<Func<Model, bool>>(
            Expression.OrElse(beyond(key.Body, place), Expression.AndAlso(Expression.Equal(key.Body, place), idBeyond)),
            row
        );
    }

    private static (long Id, string Value)? Split(string cursor)
    {
        var bar = cursor.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && long.TryParse(cursor.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (id, cursor[(bar + 1)..])
            : null;
    }

    private static IQueryable<Model> OrderBy<T>(IQueryable<Model> rows, Expression<Func<Model, T>> key, bool descending) =>
        descending ? rows.OrderByDescending(key).ThenByDescending(m => m.Id) : rows.OrderBy(key).ThenBy(m => m.Id);

    private sealed class OfText(Expression<Func<Model, string>> key) : ModelSortKey
    {
        private static readonly Expression<Func<string, string, int>> Compare = (left, right) => string.Compare(left, right);

        public override IQueryable<Model> Order(IQueryable<Model> rows, bool descending) => OrderBy(rows, key, descending);

        public override IQueryable<Model>? After(IQueryable<Model> rows, string cursor, bool descending) =>
            Split(cursor) is not { } at
                ? null
                : rows.Where(
                    Behind(
                        key,
                        at.Value,
                        at.Id,
                        descending,
                        (left, right) =>
                        {
                            var compared = Expression.Call(((MethodCallExpression)Compare.Body).Method, left, right);
                            var zero = Expression.Constant(0);
                            return descending ? Expression.LessThan(compared, zero) : Expression.GreaterThan(compared, zero);
                        }
                    )
                );

        public override IQueryable<Ranked> WithCursor(IQueryable<Model> rows)
        {
            Expression<Func<string, long, Ranked>> make = (text, id) => new Ranked(id, text, 0);
            return rows.Select(Project(key, make));
        }
    }

    private sealed class OfNumber(Expression<Func<Model, long>> key) : ModelSortKey
    {
        public override IQueryable<Model> Order(IQueryable<Model> rows, bool descending) => OrderBy(rows, key, descending);

        public override IQueryable<Model>? After(IQueryable<Model> rows, string cursor, bool descending) =>
            Split(cursor) is { } at && long.TryParse(at.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? rows.Where(Behind(key, number, at.Id, descending, descending ? Expression.LessThan : Expression.GreaterThan))
                : null;

        public override IQueryable<Ranked> WithCursor(IQueryable<Model> rows)
        {
            Expression<Func<long, long, Ranked>> make = (number, id) => new Ranked(id, null, number);
            return rows.Select(Project(key, make));
        }
    }

    private static Expression<Func<Model, Ranked>> Project<T>(Expression<Func<Model, T>> key, Expression<Func<T, long, Ranked>> make)
    {
        var row = key.Parameters[0];
        var body = Replace.In(make.Body, make.Parameters[0], key.Body);
        body = Replace.In(body, make.Parameters[1], Expression.Property(row, nameof(Model.Id)));
        return Expression.Lambda<Func<Model, Ranked>>(body, row);
    }

    private sealed class Replace(Expression from, Expression to) : ExpressionVisitor
    {
        public static Expression In(Expression body, Expression from, Expression to) => new Replace(from, to).Visit(body)!;

        public override Expression? Visit(Expression? node) => node == from ? to : base.Visit(node);
    }
}
