using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlamaBlazor.Web.Data;

/// <summary>Functions of SQLite for texts, for use in queries only.</summary>
internal static class SqliteText
{
    /// <summary>Bytes of a text as it is stored; <c>length</c> of a text counts characters.</summary>
    /// <exception cref="NotSupportedException">Called outside of a query.</exception>
    public static long ByteCount(string text) => throw new NotSupportedException("This stands for an expression of SQL in a query.");

    /// <summary><see cref="ByteCount"/> as SQL: <c>length(CAST(text AS BLOB))</c>, since octet_length is newer than the SQLite that is
    /// bundled.</summary>
    internal static SqlExpression Translate(IReadOnlyList<SqlExpression> arguments) =>
        new SqlFunctionExpression(
            "length",
            [new SqlUnaryExpression(ExpressionType.Convert, arguments[0], typeof(byte[]), new ByteArrayTypeMapping("BLOB"))],
            nullable: true,
            argumentsPropagateNullability: [true],
            typeof(long),
            new LongTypeMapping("INTEGER")
        );
}
