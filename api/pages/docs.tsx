import { catalogue, type RefusalCode } from '../../engine/refusal.ts';
import { statusOfKind } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { Layout } from './layout.tsx';
import { say } from './words.ts';

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
  readonly requestBody?: unknown;
}

interface OpenApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** The reference of the API, written from its OpenAPI document on this server: nothing is loaded from elsewhere. */
export function DocsPage({ document, language }: { document: object; language: Language }) {
  const { paths, components } = document as OpenApiDocument;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
  return (
    <Layout title={say('api', language)} language={language} path="/docs">
      <h1>{say('api', language)}</h1>
      <p class="lead">
        <a href="/openapi.json">openapi.json</a> ·{' '}
        <a href="/docs/errors">{language === 'zh' ? '错误代码' : 'Error codes'}</a>
      </p>
      {tags.map((tag) => (
        <section class="card" aria-labelledby={`tag-${tag}`}>
          <h2 id={`tag-${tag}`}>{tag}</h2>
          {operations
            .filter(({ operation }) => operation.tags?.includes(tag))
            .map(({ path, method, operation }) => (
              <OperationEntry path={path} method={method} operation={operation} />
            ))}
        </section>
      ))}
      <section class="card" aria-labelledby="schemas">
        <h2 id="schemas">{language === 'zh' ? '数据结构' : 'Schemas'}</h2>
        {Object.entries(components.schemas).map(([name, schema]) => (
          <details id={`schema-${name}`}>
            <summary>{name}</summary>
            <pre>
              <code>{JSON.stringify(schema, undefined, 2)}</code>
            </pre>
          </details>
        ))}
      </section>
    </Layout>
  );
}

function OperationEntry({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  return (
    <details>
      <summary>
        <span class="method">{method.toUpperCase()}</span> <code>{path}</code> {operation.summary}
      </summary>
      {operation.parameters?.length ? (
        <table>
          <tbody>
            {operation.parameters.map(({ name, in: place, required, description }) => (
              <tr>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{`${place}${required ? ', required' : ''}`}</td>
                <td>{description ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {operation.requestBody ? (
        <pre>
          <code>{JSON.stringify(operation.requestBody, undefined, 2)}</code>
        </pre>
      ) : null}
      <table>
        <tbody>
          {Object.entries(operation.responses ?? {}).map(([status, { description }]) => (
            <tr>
              <th scope="row">{status}</th>
              <td>{description ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Every code of the error catalogue with its HTTP status; the `type` of a problem leads to its row. */
export function ErrorsPage({ language }: { language: Language }) {
  return (
    <Layout title={language === 'zh' ? '错误代码' : 'Error codes'} language={language} path="/docs/errors">
      <h1>{language === 'zh' ? '错误代码' : 'Error codes'}</h1>
      <p class="lead">
        <a href="/docs">{say('api', language)}</a>
      </p>
      <div class="card">
        <table>
          <tbody>
            {(Object.keys(catalogue) as RefusalCode[]).map((code) => (
              <tr id={code}>
                <th scope="row">
                  <code>{code}</code>
                </th>
                <td>{statusOfKind[catalogue[code].kind]}</td>
                <td>{pick(catalogue[code].title, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Layout>
  );
}
