import { createRoute, z } from '@hono/zod-openapi';
import { keysOfPerson } from '../../db/queries/login-keys.ts';
import { changeKey, demandPerson, endKey, type MadeKey, makeKey } from '../auth/own-keys.ts';
import type { AppDeps } from '../deps.ts';
import { requestId } from '../idempotency.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { ApiKey, ApiKeyList, ApiKeyRequest, ApiKeyRotation } from '../schemas/keys.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/keys',
  tags: ['access'],
  summary: 'The caller’s API keys, without the keys themselves',
  responses: { 200: json(ApiKeyList, 'Keys'), ...problems(401, 503) },
});

const make = createRoute({
  method: 'post',
  path: '/keys',
  tags: ['access'],
  summary: 'Make an API key, which is told now and never again; for sessions of people',
  request: { headers: idempotencyHeader, body: jsonBody(ApiKeyRequest) },
  responses: { 201: json(ApiKey, 'Made'), ...problems(400, 401, 403, 409, 413, 415, 422, 503) },
});

const params = z.object({ keyId: pathId('keyId') });

const rotate = createRoute({
  method: 'post',
  path: '/keys/{keyId}/rotate',
  tags: ['access'],
  summary: 'Change an API key; the one before is good for a while, as long as is said',
  request: { params, headers: idempotencyHeader, body: jsonBody(ApiKeyRotation) },
  responses: { 200: json(ApiKey, 'Changed'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

const revoke = createRoute({
  method: 'delete',
  path: '/keys/{keyId}',
  tags: ['access'],
  summary: 'Revoke an API key',
  request: { params },
  responses: { 204: { description: 'Revoked' }, ...problems(401, 403, 404, 503) },
});

const view = ({ key, secret }: MadeKey) => ({ ...key, key: secret });

/** `/keys` */
export const keyRoutes = ({ sql }: AppDeps) =>
  routes()
    .openapi(list, async (c) => {
      const keys = await keysOfPerson(sql, c.get('caller').person);
      return c.json({ items: keys.map((key) => view({ key, secret: null })), nextCursor: null }, 200);
    })
    .openapi(make, async (c) => {
      const caller = c.get('caller');
      demandPerson(caller, { anew: true });
      const { login = caller.key, label, ...how } = c.req.valid('json');
      return c.json(view(await makeKey(c, sql, requestId(c).id, { login, label: label.trim(), ...how })), 201);
    })
    .openapi(rotate, async (c) => {
      demandPerson(c.get('caller'), { anew: true });
      const how = { request: requestId(c).id, ...c.req.valid('json') };
      return c.json(view(await changeKey(c, sql, c.req.valid('param').keyId, how)), 200);
    })
    .openapi(revoke, async (c) => {
      const caller = c.get('caller');
      demandPerson(caller, { anew: false });
      await endKey(c, sql, caller.person, c.req.valid('param').keyId);
      return c.body(null, 204);
    });
