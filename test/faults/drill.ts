import { setTimeout as sleep } from 'node:timers/promises';
import { defineProgram } from '../../sdk/index.ts';

/** The program's own activity takes a while, so that a kill can meet it, and answers the key under which it was asked. */
export const calls = {
  announce: async ({ idempotencyKey }: { readonly idempotencyKey: string }) => {
    await sleep(1_000);
    return { key: idempotencyKey };
  },
};

/**
 * A program whose deadlines come due within minutes and whose rungs follow each other by the minute, at any hour: for
 * tests that stop and kill processes while time does its work. It has books, a task for every day, and a call.
 */
export default defineProgram({
  id: 'drill',
  version: '1.0.0',
  name: ['故障演练', 'fault drill'],
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    cashHolder: { name: ['管钱人', 'cash holder'], post: 'residents-representative' },
    accountant: { name: ['管账人', 'accountant'], post: 'supervision-head' },
    household: { name: ['住户', 'household'], party: 'one', answers: 'secretary' },
  },
  apart: [['secretary', 'cashHolder', 'accountant', 'household']],
  fields: { need: { name: ['需要', 'need'], kind: 'text', personal: true } },
  intake: ['need'],
  ladders: {
    minutely: [
      { at: 'due', tell: 'holder', account: true, hours: 'any' },
      { at: '+1 minute', tell: 'unit', hours: 'any' },
      { at: '+2 minutes', tell: 'sub-district', hours: 'any' },
      { at: '+3 minutes', tell: 'district', hours: 'any' },
      { at: '+4 minutes', tell: 'district', hours: 'any' },
      { at: '+6 minutes', tell: 'district', hours: 'any' },
      { at: '+8 minutes', tell: 'district', hours: 'any' },
    ],
  },
  stages: [
    {
      stage: 'help',
      name: ['帮助', 'help'],
      target: ['问题解决', 'the matter is solved'],
      answers: 'secretary',
      within: '2 minutes',
      ladder: 'minutely',
      items: [
        { task: 'look', name: ['查看', 'look'], by: 'secretary', within: '1 minute' },
        { task: 'mend', name: ['修理', 'mend'], by: 'secretary', within: '3 minutes' },
        { task: 'work', name: ['日常帮助', 'help day by day'], by: 'secretary', repeat: true },
        { call: 'announce', name: ['通知', 'announce'], limit: '10 minutes' },
        { milestone: 'solved', name: ['解决', 'solved'], needs: { done: { look: 1, mend: 1 } }, agrees: 'secretary' },
      ],
    },
  ],
  duties: [],
  books: [
    {
      book: 'fund',
      name: ['帮扶款', 'fund'],
      keeps: 'held for beneficiary',
      profile: 'two-person',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'household',
      channels: ['cash', 'wechat'],
      match: '1 minute',
      ladder: 'minutely',
      closes: 'monthly',
    },
  ],
  life: {
    extend: { cap: '30 days', times: 1, approves: 'sub-district' },
    outcomes: { solved: ['已解决', 'solved'] },
  },
});
